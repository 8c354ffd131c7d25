// Classify MODEL PHOTO…: the most probable classes of photographs.
using Espalier;

using var classifier = ImageClassifier.Load(args[0]);
foreach (ClassifiedImage photo in classifier.ClassifyAll(args[1..], top: 3))
{
    Console.WriteLine(photo.Error ?? photo.Name);
    foreach (Prediction prediction in photo.Predictions)
    {
        Console.WriteLine($"  {prediction.Probability:P2}  {prediction.Label}");
    }
}
