module gomend.example/automaxprocs/old

go 1.24

require go.uber.org/automaxprocs v1.6.0

replace go.uber.org/automaxprocs => ./stub
