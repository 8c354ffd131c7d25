using Espalier;
using Espalier.Kernels;

// Writes a network to the file that it is given, runs it from there and prints the bits of its answer; then the same of its 8-bit form, which a second file holds if that is given. A program that has the package Espalier and nothing else of it.
new ModelSource("cifar_resnet20") { Seed = 1 }.Load().Save(args[0]);
Console.WriteLine($"vectors: {InstructionSet.Best.Name}");
Console.WriteLine($"advice: {InstructionSet.Advice ?? "none"}");
Print("logit", args[0]);

string quantized = args.Length > 1 ? args[1] : Path.ChangeExtension(args[0], "8bit.espalier");
if (args.Length < 2)
{
    ModelSource.Load(args[0]).Quantize("shapes", new QuantizeOptions { Images = 16 }).Model.Save(quantized);
}

Console.WriteLine($"file: {quantized}");
Print("integer", quantized);

static void Print(string key, string path)
{
    using var classifier = ImageClassifier.Load(path, new ImageClassifierOptions { Threads = 2 });
    float[] input = [.. Enumerable.Range(0, (int)classifier.InputShape.Count).Select(i => ((i % 17) - 8) / 8f)];
    float[] logits = new float[classifier.ClassCount];
    classifier.Run(input, logits);
    foreach (float logit in logits)
    {
        Console.WriteLine($"{key}: {BitConverter.SingleToUInt32Bits(logit):x8} {logit:R}");
    }
}
