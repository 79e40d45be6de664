package main

const address = ":8080"
