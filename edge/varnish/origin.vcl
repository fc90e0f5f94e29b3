# Where Yishi answers; edge.vcl includes this. Change the address, or put a file of this name into a
# folder that comes earlier in vcl_path.

backend origin {
    .host = "127.0.0.1";
    .port = "8000";
    .connect_timeout = 1s;
    # A request for what comes next is held for six seconds (media/livestream.py, WAIT_S).
    .first_byte_timeout = 10s;
    .between_bytes_timeout = 5s;
    .probe = {
        .url = "/healthz";
        .interval = 2s;
        .timeout = 1s;
        .window = 5;
        .threshold = 3;
        .initial = 3;
    }
}
