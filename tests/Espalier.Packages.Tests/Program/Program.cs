using Espalier;
using Espalier.Kernels;

// Writes a network to the file that it is given, runs it from there and prints the bits of its answer: a program that has the package Espalier and nothing else of it.
new ModelSource("cifar_resnet20") { Seed = 1 }.Load().Save(args[0]);

using var classifier = ImageClassifier.Load(args[0], new ImageClassifierOptions { Threads = 2 });
float[] input = [.. Enumerable.Range(0, (int)classifier.InputShape.Count).Select(i => ((i % 17) - 8) / 8f)];
float[] logits = new float[classifier.ClassCount];
classifier.Run(input, logits);

Console.WriteLine($"vectors: {InstructionSet.Best.Name}");
Console.WriteLine($"advice: {InstructionSet.Advice ?? "none"}");
foreach (float logit in logits)
{
    Console.WriteLine($"logit: {BitConverter.SingleToUInt32Bits(logit):x8} {logit:R}");
}
