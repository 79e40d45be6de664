module gomend.example/nogoline

go 1.26.8
