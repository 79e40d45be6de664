module gomend.example/nogoline
