//go:build race

package slab

const overwrites = true
