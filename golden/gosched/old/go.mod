module gomend.example/golden/gosched/old

go 1.13
