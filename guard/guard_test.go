package guard

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestOnlyPublicAddressesArePublic(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1": true, "93.184.216.34": true, "172.15.255.255": true, "172.32.0.0": true, "100.63.255.255": true, "100.128.0.0": true,
		"2606:4700::1111": true, "2a00:1450::1": true, "64:ff9b::101:101": true, "2002:101:101::1": true, "::ffff:1.1.1.1": true,
		"127.0.0.1": false, "127.255.255.254": false, "0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "172.16.0.1": false,
		"192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "192.0.0.8": false, "198.18.0.1": false,
		"224.0.0.1": false, "255.255.255.255": false, "::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false,
		"fc00::1": false, "fd00:ec2::254": false, "ff02::1": false, "fec0::1": false, "2001:db8::1": false, "2001::1": false,
		"::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false,
		"2002:7f00:1::": false, "2002:c0a8:101::1": false, "::127.0.0.1": false, "64:ff9b:1::1": false,
	} {
		if got := Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: public %v, want %v", address, got, want)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is a public one")
	}
}

// site is a server on loopback that counts its requests.
func site(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func TestPrivateAddressesAreNotReached(t *testing.T) {
	reached := false
	s := site(t, func(http.ResponseWriter, *http.Request) { reached = true })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0"} {
		answer, err := NewClient(Config{}).Get("http://" + net.JoinHostPort(strings.Trim(host, "[]"), port) + "/")
		if err == nil {
			answer.Body.Close()
			t.Errorf("%s was reached", host)
		}
	}
	if _, err := NewClient(Config{}).Get(s.URL); !errors.Is(err, ErrForbidden) {
		t.Errorf("the error is %v", err)
	}
	if reached {
		t.Error("a request came through")
	}
}

func TestThePrivateIsReachedWhereItIsAllowed(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "in") })
	answer, err := NewClient(Config{AllowPrivate: true}).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); string(body) != "in" {
		t.Errorf("body %q", body)
	}
}

// TestTheAddressOfEachConnectionIsChecked: a name may resolve to a public
// address when it is looked at and to loopback when it is connected to.
func TestTheAddressOfEachConnectionIsChecked(t *testing.T) {
	for address, forbidden := range map[string]bool{"127.0.0.1:80": true, "[::1]:443": true, "169.254.169.254:80": true, "1.1.1.1:443": false} {
		if err := control("tcp", address, nil); errors.Is(err, ErrForbidden) != forbidden {
			t.Errorf("%s: %v", address, err)
		}
	}
	if control("tcp", "no address", nil) == nil {
		t.Error("what is no address was let through")
	}
}

func TestARedirectIsARequestLikeOthers(t *testing.T) {
	inner := site(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	client := NewClient(Config{})
	// The first connection is let through by hand, as if its address were public.
	guarded := client.Transport.(schemes).next.(*http.Transport)
	outer := site(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inner.URL, http.StatusFound) })
	dial := guarded.DialContext
	guarded.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == outer.Listener.Addr().String() {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
		return dial(ctx, network, address)
	}
	if _, err := client.Get(outer.URL); !errors.Is(err, ErrForbidden) {
		t.Errorf("the error is %v", err)
	}
}

func TestRedirectsAreBounded(t *testing.T) {
	followed := 0
	s := site(t, func(w http.ResponseWriter, r *http.Request) {
		followed++
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	if _, err := NewClient(Config{AllowPrivate: true, MaxRedirects: 3}).Get(s.URL); err == nil || followed != 4 {
		t.Errorf("%d requests, %v", followed, err)
	}
	answer, err := NewClient(Config{AllowPrivate: true, MaxRedirects: -1}).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusFound {
		t.Errorf("status %d", answer.StatusCode)
	}
}

func TestOtherSchemesAreNotSpoken(t *testing.T) {
	for _, url := range []string{"file:///etc/passwd", "gopher://127.0.0.1:70/", "ftp://example.com/"} {
		if _, err := NewClient(Config{AllowPrivate: true}).Get(url); err == nil {
			t.Errorf("%s was asked", url)
		}
	}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://example.com/", http.StatusFound)
	}))
	defer s.Close()
	client := s.Client()
	client.CheckRedirect = redirects(5)
	if _, err := client.Get(s.URL); err == nil || !strings.Contains(err.Error(), "from https to http") {
		t.Errorf("https to http: %v", err)
	}
}

func FuzzPublic(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:a00:1::", "fe80::1%lo"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return
		}
		if Public(a) && (a.IsLoopback() || a.IsPrivate() || a.Unmap().IsLoopback() || a.Unmap().IsPrivate() || a.IsLinkLocalUnicast()) {
			t.Errorf("%s is public", s)
		}
	})
}
