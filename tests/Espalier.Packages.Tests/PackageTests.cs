using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace Espalier.Packages.Tests;

public sealed class PackageTests(PackedSolution solution)
{
    private static readonly Guid EmbeddedSource = new("0e8a571b-6926-466e-b4ad-8ab04611f5fe"); // Portable PDB format, "Embedded Source"

    [Fact]
    public void Each_project_of_src_is_a_package_with_symbols_and_nothing_else_is()
    {
        string[] projects = [.. Directory.GetDirectories(Path.Combine(PackedSolution.Repository, "src")).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.NotEmpty(projects);
        Assert.Equal(projects.Select(name => $"{name}.{PackedSolution.Version}.nupkg"), Names("*.nupkg"));
        Assert.Equal(projects.Select(name => $"{name}.{PackedSolution.Version}.snupkg"), Names("*.snupkg"));
    }

    [Fact]
    public void Each_package_tells_what_it_is()
    {
        foreach (string file in Directory.GetFiles(solution.Packages, "*.nupkg"))
        {
            using ZipArchive package = ZipFile.OpenRead(file);
            string name = Path.GetFileName(file);
            XElement metadata = Specification(package).Elements().Single();
            string Value(string element) => metadata.Elements().SingleOrDefault(child => child.Name.LocalName == element)?.Value ?? "";
            Assert.True(Value("description").Length > 40 && Value("description") != "Package Description", $"{name} has no description");
            Assert.Equal("MIT", Value("license"));
            Assert.Contains("nativeaot", Value("tags"), StringComparison.Ordinal);
            Assert.NotEmpty(Value("authors"));
            Assert.Equal(0x89, FirstByte(package, Value("icon")));
            Assert.Equal((byte)'#', FirstByte(package, Value("readme")));
            Assert.Equal((byte)'#', FirstByte(package, "CHANGELOG.md"));
        }
    }

    [Fact]
    public void Libraries_depend_on_one_another_alone_but_for_ONNX_and_optional_packages_and_bring_their_documentation()
    {
        foreach (string file in Directory.GetFiles(solution.Packages, "*.nupkg").Where(file => !Path.GetFileName(file).StartsWith("Espalier.Cli.", StringComparison.Ordinal)))
        {
            using ZipArchive package = ZipFile.OpenRead(file);
            string name = Path.GetFileName(file).Replace($".{PackedSolution.Version}.nupkg", "", StringComparison.Ordinal);
            Assert.Equal([$"lib/net10.0/{PackedSolution.AssemblyOf(name)}.dll", $"lib/net10.0/{PackedSolution.AssemblyOf(name)}.xml"], package.Entries.Select(entry => entry.FullName).Where(entry => entry.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            Assert.All(
                Specification(package).Descendants().Where(element => element.Name.LocalName == "dependency"),
                dependency => Assert.True(
                    dependency.Attribute("id")!.Value is string id && (id.StartsWith("Espalier.", StringComparison.Ordinal) ? id != "Espalier.ImageSharp" : (name, id) is ("Espalier.ImageSharp", "SixLabors.ImageSharp") or ("Espalier.Onnx" or "Espalier.Serving", "Google.Protobuf") or ("Espalier.Accelerated", "ILGPU" or "ILGPU.Algorithms") or ("Espalier.Serving", "Espalier" or "Grpc.AspNetCore.Server")),
                    $"{name} depends on {dependency.Attribute("id")!.Value}"));
        }
    }

    [Fact]
    public void Symbols_hold_the_sources_and_no_path_of_this_machine()
    {
        foreach (string file in Directory.GetFiles(solution.Packages, "*.snupkg"))
        {
            using ZipArchive package = ZipFile.OpenRead(file);
            using var symbols = new MemoryStream();
            using (Stream stream = package.Entries.Single(entry => Path.GetFileName(entry.FullName).Equals($"{PackedSolution.AssemblyOf(Path.GetFileName(file).Replace($".{PackedSolution.Version}.snupkg", "", StringComparison.Ordinal))}.pdb", StringComparison.Ordinal)).Open())
            {
                stream.CopyTo(symbols);
            }

            symbols.Position = 0;
            using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(symbols);
            MetadataReader reader = provider.GetMetadataReader();
            Assert.NotEmpty(reader.Documents);
            foreach (DocumentHandle handle in reader.Documents)
            {
                string source = reader.GetString(reader.GetDocument(handle).Name);
                Assert.True(PackedSolution.Configuration != "Release" || source.StartsWith("/_/src/", StringComparison.Ordinal), source);
                Assert.Contains(reader.GetCustomDebugInformation(handle), information => reader.GetGuid(reader.GetCustomDebugInformation(information).Kind) == EmbeddedSource);
            }
        }
    }

    private string[] Names(string pattern) => [.. Directory.GetFiles(solution.Packages, pattern).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private static XElement Specification(ZipArchive package)
    {
        using Stream stream = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!;
    }

    private static int FirstByte(ZipArchive package, string entry)
    {
        using Stream stream = package.GetEntry(entry)!.Open();
        return stream.ReadByte();
    }
}
