package setup

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/awscli/value"
)

// Check refuses settings that every AWS client reads, whatever it calls, and
// that can't be meant. None of them changes a call of ours.
func (s *Settings) Check() error {
	for _, check := range []func() error{s.checkInstanceService, s.checkCompression, s.checkChecksums, s.checkAccountIDs} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Settings) checkInstanceService() error {
	for _, name := range []string{"metadata_service_timeout", "metadata_service_num_attempts"} {
		if _, err := s.integer(name, "AWS_"+strings.ToUpper(name), 1); err != nil {
			return err
		}
	}
	const mode = "ec2_metadata_service_endpoint_mode"
	v, ok, err := s.Get(mode, "AWS_"+strings.ToUpper(mode))
	if err != nil || !ok || slices.Contains([]string{"ipv4", "ipv6"}, strings.ToLower(v)) {
		return err
	}
	return wording(fmt.Sprintf("Invalid EC2 Instance Metadata endpoint mode: %s Valid endpoint modes (case-insensitive): ('ipv4', 'ipv6').", v))
}

func (s *Settings) checkCompression() error {
	const name, least, most = "request_min_compression_size_bytes", 1, 1 << 20
	v, ok, err := s.Get(name, "AWS_"+strings.ToUpper(name))
	if err != nil || !ok {
		return err
	}
	lead := fmt.Sprintf("Invalid value \"%s\" for %s. Value must be ", v, name)
	n, ok := value.ParseInt(v)
	if !ok {
		return wording(lead + "an integer. Received <class 'str'> instead.")
	}
	if n.Cmp(value.Int(least)) < 0 || n.Cmp(value.Int(most)) > 0 {
		return wording(fmt.Sprintf("%sbetween %d and %d.", lead, least, most))
	}
	return nil
}

func (s *Settings) checkChecksums() error {
	choices := []string{"when_supported", "when_required"}
	for _, name := range []string{"request_checksum_calculation", "response_checksum_validation"} {
		v, ok, err := s.Get(name, "AWS_"+strings.ToUpper(name))
		if err != nil {
			return err
		}
		if v = strings.ToLower(v); ok && !slices.Contains(choices, v) {
			return wording(fmt.Sprintf("Unsupported configuration value for %s. Expected one of ('when_supported', 'when_required') but got %s.", name, v))
		}
	}
	return nil
}

func (s *Settings) checkAccountIDs() error {
	const name = "account_id_endpoint_mode"
	v, ok, err := s.Get(name, "AWS_"+strings.ToUpper(name))
	if v = strings.ToLower(v); err != nil || !ok || slices.Contains([]string{"preferred", "disabled", "required"}, v) {
		return err
	}
	return wording(fmt.Sprintf("The configured value '%s' for '%s' is invalid. Valid values are: ('preferred', 'disabled', 'required').", v, name))
}
