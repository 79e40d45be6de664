module gomend.example/golden/select_default_spin/go121

go 1.21
