module gomend.example/golden/read_mem_stats/go116

go 1.16
