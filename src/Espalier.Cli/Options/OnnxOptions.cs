using Espalier.Onnx;

namespace Espalier.Cli;

/// <summary>The options for writing an ONNX network.</summary>
internal sealed class OnnxOptions
{
    private readonly Option<int> _opset = NumberOptions.Create(
        "--opset", $"For an ONNX network: the version of ONNX's operators, from {OnnxWriteOptions.OldestOpset} to {OnnxWriteOptions.NewestOpset}.", OnnxWriteOptions.OldestOpset, OnnxWriteOptions.NewestOpset, new OnnxWriteOptions().Opset);

    private readonly Option<bool> _pixels = new("--with-preprocessing")
    {
        Description = "For an ONNX network: it takes pixels (uint8, batch x height x width x 3, RGB, already resized and cropped) and answers with probabilities, so that a program needs to know nothing else.",
    };

    private readonly Option<bool> _external = new("--external-data") { Description = "For an ONNX network: stores the weights in a second file, OUT.DIGEST.data. Always done where the file would have more than 2 GiB." };

    internal void AddTo(Command command) => command.AddAll(All);

    internal OnnxWriteOptions Read(ParseResult parsed) => new() { Opset = parsed.GetValue(_opset), WithPreprocessing = parsed.GetValue(_pixels), ExternalData = parsed.GetValue(_external) };

    /// <summary>The options.</summary>
    internal IEnumerable<Option> All => [_opset, _pixels, _external];
}
