module gomend.example/old

go 1.22
