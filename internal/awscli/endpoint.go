package awscli

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"rollcall/connectclient"
)

var (
	scheme   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`) })
	hostname = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	})
	region = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)?$`) })
	number = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]+$`) })
)

// checkEndpointFlag checks --endpoint-url as soon as it is read.
func checkEndpointFlag(endpoint string) error {
	if scheme().MatchString(endpoint) {
		return nil
	}
	return invalid(`Bad value for --endpoint-url "` + endpoint + `": scheme is missing.  ` +
		"Must be of the form http://<hostname>/ or https://<hostname>/")
}

// checkEndpoint checks an endpoint from anywhere before it is used.
func checkEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err == nil {
		if port, err := strconv.Atoi(u.Port()); err == nil && port > 65535 {
			return general("Port out of range 0-65535")
		}
	}
	if err == nil && !strings.ContainsAny(endpoint, "\t\r\n") {
		host := u.Hostname()
		if strings.HasPrefix(u.Host, "[") {
			if _, err := netip.ParseAddr(host); err == nil {
				return nil
			}
		}
		if len(host) <= 255 && hostname().MatchString(strings.TrimSuffix(host, ".")) {
			return nil
		}
	}
	return general("Invalid endpoint: " + endpoint)
}

func checkRegion(name string) error {
	if region().MatchString(name) && !number().MatchString(name) {
		return nil
	}
	return general("Provided region_name '" + name + "' doesn't match a supported format.")
}

// endpoint returns where the service is: as the flag says, or a variable or a
// setting for it or for all, or else at Amazon.
func (c *command) endpoint(region string) (string, error) {
	if flag := c.globals[optEndpointURL]; flag != "" {
		return flag, nil
	}
	configured, err := c.settings.Endpoint(serviceName)
	if configured != "" || err != nil {
		return configured, err
	}
	fips, dualStack, err := c.settings.Variants()
	if err != nil {
		return "", err
	}
	return connectclient.Endpoint(region, fips, dualStack), nil
}
