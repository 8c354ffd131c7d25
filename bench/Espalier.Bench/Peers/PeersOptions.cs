using System.Collections.Immutable;
using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Bench.Peers;

/// <summary>What the benchmark is asked for.</summary>
internal readonly record struct PeersOptions()
{
    internal const string AllModels = "resnet18,resnet34,resnet50,resnet152,vgg16,resnext50_32x4d,wide_resnet50_2,densenet121,mobilenet_v2,mobilenet_v3_large,efficientnet_b0,regnet_y_400mf,convnext_tiny";

    internal const string Float32 = "float32";

    internal const string Int8 = "int8";

    /// <summary>The networks whose 8-bit forms are compared.</summary>
    internal const string Int8Models = "resnet18,resnet34,resnet50,resnet152,resnext50_32x4d,densenet121,mobilenet_v2";

    internal ImmutableArray<string> Models { get; init; } = Words(AllModels);

    internal ImmutableArray<int> Batches { get; init; } = [1, 8];

    internal ImmutableArray<int> Threads { get; init; } = [1, 2];

    /// <summary>Rows and columns of the images; 0 for the network's own.</summary>
    internal ImmutableArray<int> Sizes { get; init; } = [0];

    /// <summary>Fractions of the convolutions' weights that are zero.</summary>
    internal ImmutableArray<double> Zeros { get; init; } = [0];

    /// <summary><see cref="Float32"/>, <see cref="Int8"/> or both.</summary>
    internal ImmutableArray<string> Precisions { get; init; } = [Float32];

    internal ImmutableArray<string> Peers { get; init; } = ["onnxruntime", "pytorch"];

    /// <summary>Timed runs of each contestant in each row.</summary>
    internal int Runs { get; init; } = 40;

    /// <summary>Fresh processes of each contestant in each network's first row.</summary>
    internal int Starts { get; init; } = 3;

    internal TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Timed seconds of each contestant in each row at the most.</summary>
    internal TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether all peers take part in every row, and not only the first one in those with more threads or images.</summary>
    internal bool EveryPeer { get; init; }

    /// <summary>The Markdown file; the CSV file lies beside it.</summary>
    internal string? Output { get; init; }

    internal static ImmutableArray<string> Words(string list) => [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    internal static ImmutableArray<int> Integers(string option, string list) => [.. Words(list).Select(word =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new EspalierException($"{option} {list}: '{word}' is not a whole number above 0"))];

    internal static ImmutableArray<double> Fractions(string option, string list) => [.. Words(list).Select(word =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is >= 0 and < 1
            ? number
            : throw new EspalierException($"{option} {list}: '{word}' is not a fraction from 0 to below 1"))];
}
