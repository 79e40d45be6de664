module gomend.example/godebug

go 1.26

godebug asynctimerchan=1
