module gomend.example/golden/read_mem_stats_per_request/go118

go 1.18
