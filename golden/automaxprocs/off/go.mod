module gomend.example/automaxprocs/off

go 1.25

godebug containermaxprocs=0

require go.uber.org/automaxprocs v1.6.0

replace go.uber.org/automaxprocs => ./stub
