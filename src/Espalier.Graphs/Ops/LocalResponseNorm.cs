using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Local response normalization (Krizhevsky 2012, §3.3): x / (k + α/size · Σ x²)^β, with the sum over the <paramref name="Size"/> channels around each channel of the same pixel.</summary>
/// <remarks>
/// α is divided by the size, as in PyTorch, ONNX and Caffe; the paper's α is α/size here. Channels beyond the first and the last count as zero. The size is odd: of an even one, PyTorch and ONNX put
/// the additional channel on different sides.
/// </remarks>
/// <param name="Size">Number of channels of the sum; odd.</param>
/// <param name="Alpha">α; at least 0. PyTorch's default is 1e-4.</param>
/// <param name="Beta">β; at least 0. PyTorch's default is 0.75.</param>
/// <param name="K">k; above 0, so that the divisor is never 0. PyTorch's default is 1; the paper has 2.</param>
public sealed record LocalResponseNorm(int Size, double Alpha = 1e-4, double Beta = 0.75, double K = 1) : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.LocalResponseNorm;

    /// <inheritdoc/>
    public override string Kind => "local_response_norm";

    /// <inheritdoc/>
    protected override string Attributes =>
        $"size {Size}" + (Alpha == 1e-4 ? "" : $", alpha {Text(Alpha)}") + (Beta == 0.75 ? "" : $", beta {Text(Beta)}") + (K == 1 ? "" : $", k {Text(K)}");

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        FeatureMap map = inputs.SingleMap();
        inputs.Require(Size > 0 && Size % 2 == 1, $"expected an odd size of at least 1, found {Size}: PyTorch and ONNX put the additional channel of an even size on different sides");
        inputs.Require(Alpha >= 0 && double.IsFinite(Alpha), $"expected a finite alpha of at least 0, found {Text(Alpha)}");
        inputs.Require(Beta >= 0 && double.IsFinite(Beta), $"expected a finite beta of at least 0, found {Text(Beta)}");
        inputs.Require(K > 0 && double.IsFinite(K), $"expected a finite k above 0, found {Text(K)}");
        return map;
    }
}
