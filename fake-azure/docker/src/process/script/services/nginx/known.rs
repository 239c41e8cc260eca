//! The directives that nginx knows, for those that it does not.

use super::directive::{Directive, Wrong};

/// Directives that are heeded, and those that change nothing a client of the simulator sees.
const KNOWN: &str = "absolute_redirect accept_mutex access_log add_header aio alias allow \
    auth_basic auth_basic_user_file auth_request autoindex autoindex_exact_size autoindex_format \
    autoindex_localtime charset charset_types chunked_transfer_encoding client_body_buffer_size \
    client_body_temp_path client_body_timeout client_header_buffer_size client_header_timeout \
    client_max_body_size connection_pool_size daemon default_type deny directio disable_symlinks \
    env error_log error_page etag events expires fastcgi_buffers fastcgi_index fastcgi_param \
    fastcgi_pass fastcgi_read_timeout fastcgi_split_path_info fastcgi_temp_path geo gunzip gzip \
    gzip_buffers gzip_comp_level gzip_disable gzip_http_version gzip_min_length gzip_proxied \
    gzip_static gzip_types gzip_vary hash http http2 if if_modified_since ignore_invalid_headers \
    index internal ip_hash keepalive keepalive_disable keepalive_requests keepalive_timeout \
    large_client_header_buffers least_conn limit_conn limit_conn_zone limit_except limit_rate \
    limit_req limit_req_status limit_req_zone lingering_close listen load_module location \
    log_format log_not_found log_subrequest map map_hash_bucket_size master_process \
    max_ranges merge_slashes mirror msie_padding multi_accept open_file_cache \
    open_file_cache_errors open_file_cache_min_uses open_file_cache_valid output_buffers pcre_jit \
    pid port_in_redirect proxy_buffer_size proxy_buffering proxy_buffers proxy_busy_buffers_size \
    proxy_cache proxy_cache_bypass proxy_cache_key proxy_cache_path proxy_cache_valid \
    proxy_connect_timeout proxy_cookie_domain proxy_cookie_path proxy_hide_header \
    proxy_http_version proxy_ignore_headers proxy_intercept_errors proxy_next_upstream \
    proxy_no_cache proxy_pass proxy_pass_header proxy_pass_request_headers proxy_read_timeout \
    proxy_redirect proxy_request_buffering proxy_send_timeout proxy_set_header proxy_ssl_server_name \
    proxy_ssl_verify proxy_temp_path real_ip_header real_ip_recursive recursive_error_pages \
    request_pool_size reset_timedout_connection resolver resolver_timeout return rewrite \
    rewrite_log root satisfy scgi_temp_path send_timeout sendfile sendfile_max_chunk server \
    server_name server_name_in_redirect server_names_hash_bucket_size server_names_hash_max_size \
    server_tokens set set_real_ip_from split_clients ssi ssl_certificate ssl_certificate_key \
    ssl_ciphers ssl_dhparam ssl_prefer_server_ciphers ssl_protocols ssl_session_cache \
    ssl_session_tickets ssl_session_timeout ssl_stapling ssl_stapling_verify stream stub_status \
    sub_filter sub_filter_once sub_filter_types tcp_nodelay tcp_nopush thread_pool try_files types \
    types_hash_bucket_size types_hash_max_size underscores_in_headers uninitialized_variable_warn \
    upstream use user uwsgi_temp_path valid_referers variables_hash_bucket_size \
    variables_hash_max_size worker_connections worker_cpu_affinity worker_priority \
    worker_processes worker_rlimit_nofile worker_shutdown_timeout working_directory zone";

/// Directives that a client would see the work of, and that do none here.
const UNSIMULATED: [&str; 20] = [
    "allow",
    "auth_basic",
    "auth_request",
    "expires",
    "fastcgi_pass",
    "geo",
    "if",
    "limit_conn",
    "limit_req",
    "map",
    "mirror",
    "proxy_cache",
    "rewrite",
    "scgi_pass",
    "set",
    "split_clients",
    "ssi",
    "stream",
    "sub_filter",
    "uwsgi_pass",
];

/// Warns of each directive that does nothing here, wherever it stands.
pub(super) fn warnings(directives: &[Directive]) -> Vec<String> {
    let mut all = Vec::new();
    for directive in directives {
        if UNSIMULATED.contains(&directive.name.as_str()) {
            let problem = format!("\"{}\" is not simulated and does nothing", directive.name);
            all.push(directive.wrong(&problem).0);
        }
        all.extend(warnings(directive.block.as_deref().unwrap_or_default()));
    }
    all
}

/// Refuses a directive that nginx does not know.
pub(super) fn check(directive: &Directive) -> Result<(), Wrong> {
    let known = KNOWN.split_ascii_whitespace();
    if known.into_iter().any(|name| name == directive.name) {
        return Ok(());
    }
    Err(directive.wrong(&format!("unknown directive \"{}\"", directive.name)))
}
