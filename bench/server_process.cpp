// SPDX-License-Identifier: Apache-2.0
#include "server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace fenshen::bench {

namespace {

/// With app credentials: the load registers its users by them.
constexpr std::string_view easemob_on =
    "\"any\"\nclient_id = \"bench\"\nclient_secret = \"bench\"\ndevices_per_platform = 16";
constexpr auto start_max = std::chrono::seconds(20);

std::string read_file(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void write_config(const std::string& path, const std::string& folder, const Options& options) {
    std::ofstream file(path);
    file << "durability = \"" << options.durability << "\"\n"
         << "[server]\ndata_dir = \"" << folder << "/data\"\n"
         << "[wukong]\ntcp_port = \"any\"\nws_port = \"any\"\nwss_port = 0\ntoken_auth = false\n"
         << "encryption = " << (options.encrypted ? "true" : "false") << "\n"
         << "[api]\nport = \"any\"\n[easemob]\nport = " << (options.msync ? easemob_on : "0")
         << "\n[console]\nport = 0\n"
         << "[log]\nlevel = \"warn\"\n";
}

}  // namespace

ServerProcess::ServerProcess(const Options& options) {
    folder_ = options.data_dir;
    if (folder_.empty()) {
        std::string pattern = std::filesystem::temp_directory_path() / "fenshen-bench-XXXXXX";
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder_ = pattern;
        temporary_ = true;
    }
    const std::string config = folder_ + "/bench.toml";
    const std::string addresses = folder_ + "/addresses.json";
    std::filesystem::remove(addresses);
    write_config(config, folder_, options);
    const auto begin = std::chrono::steady_clock::now();
    pid_ = fork();
    if (pid_ == 0) {
        const int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        execl("/proc/self/exe",
              "fenshen",
              "serve",
              "--config",
              config.c_str(),
              "--addresses-file",
              addresses.c_str(),
              nullptr);
        _exit(127);
    }
    while (!std::filesystem::exists(addresses)) {
        if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
            pid_ = -1;
            throw std::runtime_error("the server did not start");
        }
        if (std::chrono::steady_clock::now() - begin > start_max) {
            throw std::runtime_error("the server is not ready in time");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    seconds_to_ready_ =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::string text = read_file(addresses);
    for (auto& c : text) {
        if (std::string_view("{}\",:").find(c) != std::string_view::npos) c = ' ';
    }
    std::istringstream words(text);
    std::string name;
    std::uint16_t number = 0;
    while (words >> name >> number) ports_[name] = number;
}

ServerProcess::~ServerProcess() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    std::error_code error;
    if (temporary_) std::filesystem::remove_all(folder_, error);
}

double ServerProcess::cpu_seconds() const {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::size_t ServerProcess::resident_bytes() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

double ServerProcess::metric(const std::string& name) const {
    std::istringstream lines(request(
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", port("api")));
    std::string line;
    double sum = 0;
    while (std::getline(lines, line)) {
        const bool is_it =
            line.starts_with(name) && (line[name.size()] == ' ' || line[name.size()] == '{');
        if (is_it) sum += std::stod(line.substr(line.rfind(' ')));
    }
    return sum;
}

std::string ServerProcess::call(const std::string& method,
                                const std::string& path,
                                const std::string& body) const {
    const std::string answer =
        request(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                port("api"));
    if (!answer.starts_with("HTTP/1.1 200")) throw std::runtime_error(path + ": " + answer);
    return answer;
}

std::string ServerProcess::user_token(const std::string& uid) {
    if (app_token_.empty()) {
        app_token_ = easemob_token(
            "",
            R"({"grant_type":"client_credentials","client_id":"bench","client_secret":"bench"})");
    }
    auto& token = user_tokens_[uid];
    if (token.empty()) {
        token = easemob_token(
            app_token_,
            R"({"grant_type":"inherit","autoCreateUser":true,"username":")" + uid + R"("})");
    }
    return token;
}

std::string ServerProcess::easemob_token(const std::string& bearer, const std::string& body) const {
    std::string head =
        "POST /fenshen/demo/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        "Content-Type: application/json\r\n";
    if (!bearer.empty()) head += "Authorization: Bearer " + bearer + "\r\n";
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    const std::string answer = request(head + body, port("easemob"));
    constexpr std::string_view mark = R"("access_token":")";
    const auto begin = answer.find(mark);
    if (begin == answer.npos) throw std::runtime_error("token: " + answer);
    const auto end = answer.find('"', begin + mark.size());
    return answer.substr(begin + mark.size(), end - begin - mark.size());
}

std::string ServerProcess::request(const std::string& text, std::uint16_t to_port) const {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to_port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        std::size_t sent = 0;
        while (sent < text.size()) {
            const ssize_t now = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
            if (now <= 0) break;
            sent += static_cast<std::size_t>(now);
        }
        char buffer[16384];
        for (ssize_t got = 0; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
            answer.append(buffer, static_cast<std::size_t>(got));
        }
    }
    ::close(fd);
    return answer;
}

}  // namespace fenshen::bench
