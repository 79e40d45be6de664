module gomend.example/golden/cpu_profile_without_stop/imported

go 1.26
