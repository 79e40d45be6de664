module gomend.example/golden

go 1.26
