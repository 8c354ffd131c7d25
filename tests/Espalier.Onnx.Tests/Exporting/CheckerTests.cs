using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>Files against ONNX's own checker, of Python's package onnx (Debian's python3-onnx 1.12 knows opsets to 17).</summary>
public sealed class CheckerTests
{
    private const string Script =
        """
        import glob, sys, onnx
        files = sorted(glob.glob(sys.argv[1] + "/*.onnx"))
        for file in files:
            try:
                onnx.checker.check_model(file, full_check=True)
            except Exception as error:
                print(file, error)
        print(len(files), "files")
        """;

    [Fact]
    public void Files_are_clean()
    {
        string? python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(python => Run(python, "-c", "import onnx") == "");
        Assert.SkipWhen(python is null, "needs Python with the package onnx");
        using var folder = new TemporaryFolder();
        int files = 0;
        foreach (int opset in new[] { 13, 15, 17 })
        {
            foreach (OpSample sample in AllOps.Samples)
            {
                Write(sample.ToGraph(), opset);
            }
        }

        for (ulong seed = 0; seed < 30; seed++)
        {
            Write(RandomGraphs.Create(seed, new RandomGraphOptions { ManyOutputs = true }), 17);
        }

        NetworkDefinition definition = Zoo.Create("mobilenet_v2");
        Model network = definition.With(RandomGraphs.ParametersFor(definition.Graph));
        OnnxWriter.Write(network, folder["pixels.onnx"], new() { WithPreprocessing = true });
        OnnxWriter.Write(network, folder["external.onnx"], new() { ExternalData = true });
        Assert.Equal($"{files + 2} files", Run(python!, "-c", Script, folder.Path));

        void Write(Graph graph, int opset) =>
            OnnxWriter.Write(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), folder[$"{files++:0000}.onnx"], new() { Opset = opset });
    }

    private static string Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (output + errors.Result).Trim();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return error.Message;
        }
    }
}
