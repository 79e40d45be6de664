module gomend.example/golden/read_mem_stats_per_request/grpc

go 1.24

require google.golang.org/grpc v1.60.0

replace google.golang.org/grpc => ./stub
