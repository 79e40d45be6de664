module gomend.example/gomaxprocs/old

go 1.20
