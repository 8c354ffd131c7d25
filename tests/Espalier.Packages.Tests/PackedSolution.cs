using System.Reflection;

[assembly: AssemblyFixture(typeof(Espalier.Packages.Tests.PackedSolution))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Espalier.Packages.Tests;

/// <summary>The solution's packages in a folder, made once, and projects outside of the repository that have only these.</summary>
public sealed class PackedSolution : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("espalier-packages-");

    internal static string Repository { get; } = Metadata("Repository");

    internal static string Configuration { get; } = Metadata("Configuration");

    internal static string Version { get; } = Metadata("Version");

    /// <summary>Where the packages are.</summary>
    internal string Packages => Path.Combine(_folder.FullName, "packages");

    /// <summary>
    /// What restores read: Espalier from the folder and from nowhere else, unpacked where no other build of this version has been. It stays beside these tests, for the packages of others are large.
    /// </summary>
    internal IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["NUGET_PACKAGES"] = Path.Combine(AppContext.BaseDirectory, "nuget"),
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
    };

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        string unpacked = Environment["NUGET_PACKAGES"];
        foreach (string stale in Directory.Exists(unpacked) ? Directory.GetDirectories(unpacked, "espalier*") : [])
        {
            Directory.Delete(stale, recursive: true);
        }

        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{Packages}" />
                <add key="nuget.org" value="https://api.nuget.org/v3/index.json" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="packed"><package pattern="Espalier" /><package pattern="Espalier.*" /></packageSource>
                <packageSource key="nuget.org"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        (await Command.Run(Repository, new Dictionary<string, string>(), Command.Dotnet, "pack", "Espalier.slnx", "--no-build", "-c", Configuration, "-o", Packages, "-nodeReuse:false")).Succeeded();
    }

    /// <summary>A folder that is no other test's.</summary>
    internal string NewFolder() => _folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;

    /// <summary>A console project that runs <c>Program.cs</c> and references packages of Espalier.</summary>
    /// <param name="packages">Their names.</param>
    /// <param name="elements">More of the project file.</param>
    internal string NewProject(string[] packages, string elements = "")
    {
        string folder = NewFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Program", "Program.cs"), Path.Combine(folder, "Program.cs"));
        File.WriteAllText(Path.Combine(folder, "Fresh.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(packages.Select(package => $"""<PackageReference Include="{package}" Version="{Version}" />"""))}
              </ItemGroup>
              {elements}
            </Project>
            """);
        return folder;
    }

    /// <summary>The name of a package's assembly. Names of assemblies do not differ in case alone, so the library's is not <c>Espalier</c>.</summary>
    internal static string AssemblyOf(string package) => package switch
    {
        "Espalier.Cli" => "espalier",
        "Espalier" => "Espalier.Library",
        _ => package,
    };

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Metadata(string key) =>
        typeof(PackedSolution).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
