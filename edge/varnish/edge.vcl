vcl 4.1;

# A cache before Yishi, for Varnish 7.1 (Debian 12). docs/edge.md says how it is started and measured.
#
# Keeps what is below /hls/, and the pages' files whose names change with what is in them, as long as
# the origin says, and nothing else. However many ask for the part or playlist that comes next, one
# request goes on; all are answered when it is.

import std;

# The backend `origin`; beside this file, or earlier in vcl_path.
include "origin.vcl";

sub vcl_recv {
    set req.backend_hint = origin;
    # Nobody else's word on how a request came counts (httpoxy), nor on what is counted below.
    unset req.http.Proxy;
    unset req.http.X-Edge-Query;

    # The meeting's own connections: to and fro at once, for as long as they last.
    if (req.http.Upgrade ~ "(?i)websocket") {
        return (pipe);
    }
    if (req.url !~ "^/(hls|static/assets)/" || (req.method != "GET" && req.method != "HEAD")) {
        return (pass);
    }

    # What everybody gets alike: nothing that tells people apart may divide it.
    unset req.http.Cookie;
    unset req.http.Authorization;
    # Players may ask past a cache; a live stream in which everybody did would have none.
    unset req.http.Cache-Control;
    unset req.http.Pragma;

    # Only the delivery directives count (RFC 8216bis, 6.2.5), in this order, the last if repeated,
    # which is how the origin reads them; leading noughts off. Whatever else is asked makes no copy.
    # Players write it so anyway, and one look is a tenth cheaper than writing it anew.
    if (req.url !~ "^[^?#]*(?:\?_HLS_msn=(?:0|[1-9][0-9]{0,11})(?:&_HLS_part=(?:0|[1-9][0-9]{0,11}))?)?$") {
        if (req.url ~ "[?&]_HLS_msn=") {
            set req.http.X-Edge-Query = "&_HLS_msn="
                + regsub(req.url, "^.*[?&]_HLS_msn=(?:0+(?=[0-9]))?([^&#]{0,12})[^&#]*.*$", "\1");
        }
        if (req.url ~ "[?&]_HLS_part=") {
            set req.http.X-Edge-Query = req.http.X-Edge-Query + "&_HLS_part="
                + regsub(req.url, "^.*[?&]_HLS_part=(?:0+(?=[0-9]))?([^&#]{0,12})[^&#]*.*$", "\1");
        }
        if (req.url ~ "[?&]_HLS_skip=") {
            set req.http.X-Edge-Query = req.http.X-Edge-Query + "&_HLS_skip="
                + regsub(req.url, "^.*[?&]_HLS_skip=([^&#]{0,12})[^&#]*.*$", "\1");
        }
        set req.url = regsub(req.url, "\?.*$", "") + regsub(req.http.X-Edge-Query, "^&", "?");
        unset req.http.X-Edge-Query;
    }
    return (hash);
}

sub vcl_pipe {
    set bereq.http.Upgrade = req.http.Upgrade;
    set bereq.http.Connection = req.http.Connection;
    return (pipe);
}

sub vcl_backend_response {
    if (bereq.uncacheable) {
        return (deliver);
    }
    # The past of a live stream helps nobody: not served when its time is over, and not kept for it.
    set beresp.grace = 0s;
    set beresp.keep = 0s;
    unset beresp.http.Set-Cookie;

    # An error is the answer to who asked first. Not kept, and not remembered as "don't keep" either:
    # the others stay in line behind the next request, and are answered when the stream goes on.
    if (beresp.status != 200 || beresp.http.Cache-Control !~ "max-age="
        || beresp.http.Cache-Control ~ "(?i)no-store|no-cache|private") {
        set beresp.ttl = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }
    # Whole, or not at all: what breaks off on its way here is an error, and never half a part.
    if (bereq.url ~ "\.(m4s|m3u8|vtt)(\?|$)") {
        set beresp.do_stream = false;
    }
    # A playlist is text: a quarter of its size, once for all.
    if (bereq.url ~ "\.(m3u8|vtt)(\?|$)") {
        set beresp.do_gzip = true;
    }
    return (deliver);
}

sub vcl_backend_error {
    # The origin is away, or said nothing in time.
    set beresp.ttl = 0s;
    set beresp.http.Content-Type = "application/json";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "1";
    set beresp.body = {"{"code":"edge.origin_away","detail":"the origin does not answer" }"};
    return (deliver);
}

sub vcl_deliver {
    unset resp.http.Via;
    unset resp.http.X-Varnish;
    return (deliver);
}
