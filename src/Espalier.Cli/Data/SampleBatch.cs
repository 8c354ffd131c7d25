using Espalier.Tensors;

namespace Espalier.Cli.Data;

/// <summary>Images that are ready for the network.</summary>
/// <param name="Input">Float32, [batch, channels, height, width].</param>
/// <param name="Samples">What they are, in the same order.</param>
internal sealed record SampleBatch(Tensor Input, IReadOnlyList<Sample> Samples);
