module gomend.example/golden/oldcleanup

go 1.23
