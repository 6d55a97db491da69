package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// key is an access key. The secret is not one: the servers it opens live for
// this run, on loopback.
type key struct{ ID, Secret string }

var benchKey = key{ID: "AKRCBENCHBENCHBENCH1", Secret: "a-secret-for-one-run-on-loopback"}

var signer = v4.NewSigner()

// sign signs as the AWS SDK for Go does.
func (k *key) sign(ctx context.Context, req *http.Request, body []byte) error {
	sum := sha256.Sum256(body)
	return signer.SignHTTP(ctx, aws.Credentials{AccessKeyID: k.ID, SecretAccessKey: k.Secret},
		req, hex.EncodeToString(sum[:]), "connect", region, time.Now())
}
