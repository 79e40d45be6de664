module gomend.example/service

go 1.26
