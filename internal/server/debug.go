package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rollcall"
	"rollcall/internal/access"
)

// guardDebug lets programs of the machine itself ask what is below /debug, which
// has every agent of every instance, and of other machines who may do
// rollcall:Debug. No web page may.
func (s *Server) guardDebug(h http.Handler) http.Handler {
	gate := s.newGuard(nil).WithTokens()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why := fromPage(r); why != "" {
			http.Error(w, why, http.StatusForbidden)
			return
		}
		if !fromThisMachine(r) {
			if status, why := s.admitDebug(gate, r); status != http.StatusOK {
				http.Error(w, why, status)
				return
			}
		}
		h.ServeHTTP(w, r)
	})
}

func (s *Server) admitDebug(gate access.Gate, r *http.Request) (status int, why string) {
	const want = "/debug is for programs of this machine (ask for localhost), or needs a bearer token that may do " + access.ActionDebug
	if s.config.Anonymous {
		return http.StatusForbidden, want
	}
	pass, err := gate.Admit(r, nil)
	if err != nil {
		return http.StatusUnauthorized, want
	}
	if err := pass.Allow(access.ActionDebug, access.Everything); err != nil {
		return http.StatusForbidden, rollcall.ErrorMessage(err)
	}
	return http.StatusOK, ""
}

// fromThisMachine tells whether a program of the machine asks, for the machine
// itself: what a proxy on it carries from elsewhere has another name in Host.
func fromThisMachine(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().Unmap().IsLoopback() && access.IsLoopbackHost(r.Host)
}

// fromPage says why a request may come from a web page, wherever its browser is:
// it is for a name, which may have been made to mean this address (DNS
// rebinding), or browsers say that another page sent it.
func fromPage(r *http.Request) (why string) {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err != nil && !access.IsLoopbackHost(r.Host) {
		return "ask for localhost or by address: a name might be a web page's"
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "none" && site != "same-origin" {
		return "no other page may ask"
	}
	for _, origin := range r.Header.Values("Origin") {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
			return "no other page may ask"
		}
	}
	return ""
}

// inTime bounds how long an answer may take, and the time that a profile is asked
// for.
func inTime(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked := r.URL.Query().Get("seconds"); asked != "" {
			seconds, err := strconv.ParseFloat(asked, 64)
			if err != nil || !(seconds >= 0 && seconds <= maxProfileTime.Seconds()) {
				http.Error(w, fmt.Sprintf("seconds is %q: want 0 to %g", rollcall.Shorten(asked), maxProfileTime.Seconds()), http.StatusBadRequest)
				return
			}
		}
		ctx, cancel := context.WithTimeout(r.Context(), debugTime)
		defer cancel()
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(debugTime)) // where there is none, nobody reads slowly
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}
