// Package automaxprocs stands for the module of that name.
package automaxprocs
