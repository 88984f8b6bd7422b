// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace fenshen::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

namespace fs = std::filesystem;

/// A folder of this test's own, gone with it.
class Folder {
public:
    Folder() {
        std::string name = testing::TempDir() + "fenshen_doctor_XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    fs::path operator/(std::string_view name) const { return path_ / name; }
    std::string text() const { return path_.string(); }

private:
    fs::path path_;
};

TEST(DataDir, OneThatIsNotThereWillBeMade) {
    const Folder folder;
    const auto findings = examine_data_dir((folder / "a/b/c").string());
    ASSERT_FALSE(findings.empty());
    EXPECT_THAT(findings[0].text, HasSubstr("a/b/c will be made, "));
    EXPECT_FALSE(fs::exists(folder / "a"));
}

TEST(DataDir, AFileIsNoFolder) {
    const Folder folder;
    std::ofstream(folder / "file") << "x";
    EXPECT_EQ(examine_data_dir((folder / "file").string())[0].health, Health::fail);
}

TEST(DataDir, MemoryIsNoDisk) {
    const auto findings = examine_data_dir("/dev/shm");
    ASSERT_EQ(findings.size(), 2);
    EXPECT_EQ(findings[1].health, Health::warn);
    EXPECT_THAT(findings[1].text, HasSubstr("lies in memory"));
}

TEST(Descriptors, AreJudgedByTheirNumber) {
    EXPECT_EQ(judge_descriptors(1'023).health, Health::fail);
    EXPECT_EQ(judge_descriptors(1'024).health, Health::warn);
    EXPECT_EQ(judge_descriptors(65'535).health, Health::warn);
    EXPECT_EQ(judge_descriptors(65'536).health, Health::ok);
}

/// Listens on a port of the kernel's choice.
class Listening {
public:
    Listening() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        if (::bind(fd_, raw, size) != 0 || ::listen(fd_, 1) != 0 ||
            ::getsockname(fd_, raw, &size) != 0) {
            ADD_FAILURE() << "cannot listen";
        }
        port_ = ntohs(address.sin_port);
    }
    ~Listening() { ::close(fd_); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    std::string port() const { return std::to_string(port_); }

private:
    int fd_;
    std::uint16_t port_ = 0;
};

config::Config only_api(const std::string& port, const std::string& bind = "127.0.0.1") {
    return config::parse(
               "[wukong]\ntcp_port = 0\nws_port = 0\n[easemob]\nport = 0\n[console]\n"
               "port = 0\n[api]\ntoken = \"t\"\nport = " +
                   port + "\nbind = \"" + bind + "\"\n",
               "f.toml",
               {})
        .value()
        .config;
}

TEST(Ports, OneThatIsTakenNamesWhoHasIt) {
    const Listening taken;
    const auto findings = examine_ports(only_api(taken.port()));
    ASSERT_EQ(findings.size(), 1);
    EXPECT_EQ(findings[0].health, Health::fail);
    EXPECT_THAT(findings[0].text,
                EndsWith("is taken by cli_test (pid " + std::to_string(::getpid()) + ")"));
}

TEST(Ports, AFreeOneIsFreeAndStaysSo) {
    const config::Config config = only_api("\"any\"");
    EXPECT_EQ(examine_ports(config)[0].health, Health::ok);
    EXPECT_EQ(examine_ports(config)[0].health, Health::ok);
    EXPECT_EQ(examine_ports(only_api("\"any\"", "::1")).size(), 1);
}

TEST(Ports, AnAddressOfAnotherMachineIsNamed) {
    // TEST-NET-1: nobody's address.
    const auto findings = examine_ports(only_api("\"any\"", "192.0.2.1"));
    ASSERT_EQ(findings.size(), 1);
    EXPECT_EQ(findings[0].health, Health::fail);
    EXPECT_THAT(findings[0].text, EndsWith("this machine has no such address"));
}

TEST(Ports, AServerWithoutListenersIsOdd) {
    EXPECT_EQ(examine_ports(only_api("0"))[0].health, Health::warn);
}

constexpr WallTime in_2030{1'893'456'000'000};

TEST(Clock, BeforeThisProgramIsWrong) {
    EXPECT_EQ(examine_clock("/nowhere", WallTime{0}).health, Health::fail);
    EXPECT_EQ(examine_clock("/nowhere", in_2030).health, Health::ok);
}

TEST(Clock, BeforeTheDataWentBack) {
    const Folder folder;
    std::ofstream(folder / "file") << "x";
    fs::last_write_time(
        folder / "file",
        std::chrono::file_clock::from_sys(std::chrono::sys_time<Millis>(Millis{in_2030.ms})));
    EXPECT_EQ(examine_clock(folder.text(), in_2030).health, Health::ok);
    EXPECT_EQ(examine_clock(folder.text(), WallTime{in_2030.ms - 60'000}).health, Health::ok);
    const Finding back = examine_clock(folder.text(), WallTime{in_2030.ms - 3'600'000});
    EXPECT_EQ(back.health, Health::warn);
    EXPECT_THAT(back.text, HasSubstr("was written 3600 s from now"));
}

/// Writes a self-signed certificate, valid from 2029 for `days`, and its key.
void write_pair(const fs::path& cert_path, const fs::path& key_path, int days) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> cert(X509_new(), X509_free);
    X509_set_version(cert.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
    ASN1_TIME_set(X509_getm_notBefore(cert.get()), in_2030.seconds() - 31'536'000);
    ASN1_TIME_set(X509_getm_notAfter(cert.get()), in_2030.seconds() + days * 86'400L);
    X509_set_pubkey(cert.get(), key.get());
    ASSERT_NE(X509_sign(cert.get(), key.get(), EVP_sha256()), 0);

    std::FILE* file = std::fopen(cert_path.c_str(), "w");
    PEM_write_X509(file, cert.get());
    std::fclose(file);
    file = std::fopen(key_path.c_str(), "w");
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
}

class CertificateTest : public testing::Test {
protected:
    Finding examine(const std::string& cert, const std::string& key) {
        const auto findings =
            examine_certificate({(folder / cert).string(), (folder / key).string()}, in_2030);
        EXPECT_EQ(findings.size(), 1);
        return findings.at(0);
    }
    Folder folder;
};

TEST_F(CertificateTest, NoneIsNothingToSay) {
    EXPECT_TRUE(examine_certificate({}, in_2030).empty());
}

TEST_F(CertificateTest, APairIsFine) {
    write_pair(folder / "c", folder / "k", 90);
    const Finding finding = examine("c", "k");
    EXPECT_EQ(finding.health, Health::ok);
    EXPECT_THAT(finding.text, EndsWith("and its key belong together; 90 days left"));
}

TEST_F(CertificateTest, OneThatRunsOutSoonIsToBeRenewed) {
    write_pair(folder / "c", folder / "k", 13);
    EXPECT_EQ(examine("c", "k").health, Health::warn);
    write_pair(folder / "c", folder / "k", -1);
    EXPECT_THAT(examine("c", "k").text, EndsWith("has run out"));
    EXPECT_EQ(examine("c", "k").health, Health::fail);
}

TEST_F(CertificateTest, AnotherKeyIsNotItsKey) {
    write_pair(folder / "c", folder / "k", 90);
    write_pair(folder / "c2", folder / "k2", 90);
    EXPECT_THAT(examine("c", "k2").text, HasSubstr("is not the key of"));
}

TEST_F(CertificateTest, FilesThatAreMissingOrWrong) {
    write_pair(folder / "c", folder / "k", 90);
    EXPECT_THAT(examine("nothing", "k").text, EndsWith("nothing cannot be read"));
    EXPECT_THAT(examine("c", "nothing").text, EndsWith("nothing cannot be read"));
    EXPECT_THAT(examine("k", "k").text, EndsWith("holds no certificate (PEM)"));
    EXPECT_THAT(examine("c", "c").text,
                EndsWith("holds no private key without a pass phrase (PEM)"));
}

}  // namespace
}  // namespace fenshen::cli
