using System.Xml.Linq;

namespace Espalier.Architecture.Tests;

public sealed class LayerTests
{
    private static readonly string[] Projects = [.. Repository.Files("src", "*.csproj")];

    [Fact]
    public void Every_project_imports_only_from_layers_below_its_own()
    {
        Assert.Contains("src/Espalier.Tensors/Espalier.Tensors.csproj", Projects);
        Assert.Equal([], Projects.SelectMany(file => Layers.Faults(NameOf(file), Repository.Read(file))));
    }

    [Theory]
    [InlineData("Espalier.Graphs", "../Espalier.Models/Espalier.Models.csproj", "Espalier.Graphs of layer 1 imports Espalier.Models of layer 2")]
    [InlineData("Espalier.Models", "../Espalier.Formats/Espalier.Formats.csproj", "Espalier.Models of layer 2 imports Espalier.Formats of layer 2")]
    [InlineData("Espalier.Models", @"..\Espalier.Cli\Espalier.Cli.csproj", "Espalier.Models of layer 2 imports Espalier.Cli of layer 6")]
    [InlineData("Espalier.Models", "../Espalier.Magic/Espalier.Magic.csproj", "Espalier.Models imports Espalier.Magic, which is in no layer")]
    [InlineData("Espalier.Magic", "../Espalier.Tensors/Espalier.Tensors.csproj", "Espalier.Magic is in no layer")]
    [InlineData("Espalier.Models", "../Espalier.Graphs/Espalier.Graphs.csproj", null)]
    public void Imports_upward_sideways_and_of_unknown_projects_are_found(string project, string reference, string? fault)
    {
        string file = $"""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><ProjectReference Include="{reference}" /></ItemGroup></Project>""";
        Assert.Equal(fault is null ? [] : [fault], Layers.Faults(project, file));
    }

    [Fact]
    public void A_library_that_is_referenced_as_a_file_is_found() => Assert.Equal(
        ["Espalier.Graphs takes in x.dll past the table", "Espalier.Graphs takes in ../x.props past the table"],
        Layers.Faults("Espalier.Graphs", """<Project><Import Project="../x.props" /><ItemGroup><Reference Include="x.dll" /></ItemGroup></Project>"""));

    [Fact]
    public void Only_the_command_line_onnx_serving_and_the_optional_decoder_and_accelerator_need_packages() => Assert.Equal([], Projects
        .Where(file => NameOf(file) is not ("Espalier.Cli" or "Espalier.Onnx" or "Espalier.Serving" or "Espalier.ImageSharp" or "Espalier.Accelerated"))
        .SelectMany(file => Layers.Included(XDocument.Parse(Repository.Read(file)), "PackageReference").Select(package => $"{file}: {package}")));

    [Fact]
    public void Every_folder_of_source_is_a_project_named_after_it()
    {
        IEnumerable<string> folders = Repository.Files("src", "*.cs").Select(file => file.Split('/')[1]).Distinct();
        Assert.Equal([], folders.Where(folder => !Projects.Contains($"src/{folder}/{folder}.csproj")));
    }

    [Fact]
    public void The_solution_lists_every_project()
    {
        IEnumerable<string> listed = XDocument.Parse(Repository.Read("Espalier.slnx")).Descendants("Project").Select(project => project.Attribute("Path")!.Value);
        string[] folders = ["src", "tests", "bench", "samples"];
        Assert.Equal(folders.SelectMany(folder => Repository.Files(folder, "*.csproj")).Order(), listed.Order());
    }

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);
}
