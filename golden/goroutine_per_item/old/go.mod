module gomend.example/golden/goroutine_per_item/old

go 1.21
