module gomend.example/numcpu/old

go 1.20
