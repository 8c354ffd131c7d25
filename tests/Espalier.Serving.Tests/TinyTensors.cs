using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Espalier.Inference;

namespace Espalier.Serving.Tests;

/// <summary>Inputs of the tiny network, and what its predictor says to them.</summary>
internal static class TinyTensors
{
    internal const int Sample = 3 * 32 * 32;

    private static readonly Lazy<Predictor> s_predictor = new(() => new Predictor(TinyData.Model(), new PredictorOptions { Threads = 2 }));

    internal static string Input => TinyData.Model().Graph.Input.Name;

    internal static string Output => TinyData.Model().Graph.Outputs[0];

    /// <summary>Samples seed, seed + 1, …</summary>
    internal static float[] Samples(int count, int seed = 1)
    {
        float[] values = new float[count * Sample];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)new CounterRandom((ulong)(seed + (i / Sample))).Uniform((ulong)(i % Sample), -1, 1);
        }

        return values;
    }

    internal static float[] Logits(float[] samples)
    {
        float[] logits = new float[samples.Length / Sample * TinyData.Classes];
        s_predictor.Value.Run(samples, logits);
        return logits;
    }

    internal static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    internal static float[] Floats(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    /// <summary>The elements of the one output of a JSON answer.</summary>
    internal static float[] Data(string answer) => [.. JsonNode.Parse(answer)!["outputs"]![0]!["data"]!.AsArray().Select(value => value!.GetValue<float>())];

    internal static string Json(float[] values) => string.Join(",", values.Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));

    internal static string Request(float[] samples) => $$"""{"inputs":[{"name":"{{Input}}","shape":[{{samples.Length / Sample}},3,32,32],"datatype":"FP32","data":[{{Json(samples)}}]}]}""";
}
