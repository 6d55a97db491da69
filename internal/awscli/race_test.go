//go:build race

package awscli_test

func init() { raceDetector = true }
