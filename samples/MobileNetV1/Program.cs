using System.Globalization;
using Espalier;
using Espalier.Tensors;
using MobileNetV1;

if (args.Length < 3)
{
    Console.Error.WriteLine("usage: MobileNetV1 CHECKPOINT LABELS IMAGE…");
    return 2;
}

try
{
    using var classifier = new ImageClassifier(QuarterMobileNet.Load(args[0], File.ReadLines(args[1])));
    foreach (string image in args[2..])
    {
        Console.WriteLine(image);
        foreach (Prediction prediction in classifier.Classify(image))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {prediction.Probability:F5}  {prediction.Label}"));
        }
    }

    return 0;
}
catch (Exception error) when (error is EspalierException or IOException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
