module gomend.example/golden/old

go 1.18
