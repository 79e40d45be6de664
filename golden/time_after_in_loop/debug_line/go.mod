module gomend.example/debugline

go 1.26
