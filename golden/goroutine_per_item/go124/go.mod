module gomend.example/golden/goroutine_per_item/go124

go 1.24
