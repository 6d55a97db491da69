package setup

import (
	"strings"
)

// Endpoint returns where a service is, as a variable or the profile says for it
// or for all services, or "" if nothing does. service is the service's name in
// a section [services …], as in connect, sts or sso_oidc.
func (s *Settings) Endpoint(service string) (string, error) {
	ignore, err := s.On("ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
	if ignore || err != nil {
		return "", err
	}
	for _, name := range []string{"AWS_ENDPOINT_URL_" + strings.ToUpper(service), "AWS_ENDPOINT_URL"} {
		if v := s.env(name); v != "" {
			return v, nil
		}
	}
	p, err := s.Profile()
	if err != nil {
		return "", err
	}
	if name := p["services"]; name != "" {
		section, ok := s.files.Services[name]
		if !ok {
			return "", wording("The profile is configured to use the services section but the \"" + name +
				"\" services configuration does not exist.")
		}
		if v := section.Nested(service)["endpoint_url"]; v != "" {
			return v, nil
		}
	}
	return p["endpoint_url"], nil
}

// Variants says which of Amazon's own endpoints are wanted: those that meet
// FIPS 140, and those that speak IPv6.
func (s *Settings) Variants() (fips, dualStack bool, err error) {
	if fips, err = s.On("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT"); err != nil {
		return false, false, err
	}
	dualStack, err = s.On("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT")
	return fips, dualStack, err
}
