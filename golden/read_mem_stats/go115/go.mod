module gomend.example/golden/read_mem_stats/go115

go 1.15
